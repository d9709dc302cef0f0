-- A booking rewrites its slot in the page where it lies, and touches no index, as long as there is room in it. Those who book
-- in one batch often book in one page: room for a third of its rows again was too little for a tenth of them, each of which
-- cost seven entries of indexes. Pages that are full already stay as they are until they are written anew (VACUUM FULL).
ALTER TABLE slots SET (fillfactor = 50);
