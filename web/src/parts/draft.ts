/** What is known, or is entered, by the names of the fields: null where it is nothing. */
export type Entered<Name extends string> = Record<Name, string | null>

/** The same by these fields alone: what is blank is nothing. */
export const enteredOf = <Name extends string>(names: readonly Name[], from: Partial<Record<string, unknown>>): Entered<Name> =>
  Object.fromEntries(names.map((name) => [name, String(from[name] ?? '').trim() || null])) as Entered<Name>

/** The fields in which two differ. */
export const changedIn = <Name extends string>(was: Entered<Name>, is: Entered<Name>): Name[] =>
  (Object.keys(was) as Name[]).filter((name) => was[name] !== is[name])

/** What somebody enters over what is known, while others may change that, too: their own stays, all else is as others have it. */
export class Draft<Name extends string> {
  known: Entered<Name>
  entered: Entered<Name>
  /** What others have changed since somebody began to enter. */
  theirs: Name[] = []

  constructor(known: Entered<Name>) {
    this.known = known
    this.entered = known
  }

  get changed(): Name[] {
    return changedIn(this.known, this.entered)
  }

  enter(name: Name, value: string): void {
    this.entered = { ...this.entered, [name]: value || null }
  }

  /** Take over what is known by now. */
  take(known: Entered<Name>): void {
    const { known: was, entered } = this
    const theirs = changedIn(was, known)
    if (this.changed.length && theirs.length) this.theirs = theirs
    const own = this.changed.map((name) => [name, entered[name]])
    this.known = known
    this.entered = { ...known, ...Object.fromEntries(own) }
  }

  /** Forget what was entered; after a save with what is known now. */
  reset(known: Entered<Name> = this.known): void {
    this.known = known
    this.entered = known
    this.theirs = []
  }
}
