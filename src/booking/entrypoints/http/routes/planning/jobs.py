"""Jobs over HTTP."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.planning.refusals import JobNotFound
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.job_answer import JobResponse, shown_job
from booking.service.planning.jobs import JobService


@get(
    "/jobs/{job_id:str}",
    operation_id="getJob",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, JobNotFound)},
)
async def get_job(
    job_id: FromPath[str], caller: NamedDependency[Caller], jobs: NamedDependency[JobService]
) -> JobResponse:
    return JobResponse(job=shown_job(await jobs.get(caller, read_id(job_id, JobNotFound))))


routes = (get_job,)
