import { byCode } from './generated/problems.js'
import type { Alternative, FieldFault, Problem as ProblemBody, RefusedItem } from './generated/rest/index.js'
import { Problem } from './problem.js'

export * from './generated/problems.js'
export { AccessChanged, BookingError, NoAnswer, Problem } from './problem.js'

/** Some fields or parameters are faulty: all of them are in `errors`. */
export class InvalidRequest extends Problem {
  readonly errors: FieldFault[]
  constructor(response: Response, body: Partial<ProblemBody>) {
    super(response, body)
    this.errors = body.errors ?? []
  }
}

/** Somebody else was first; `alternatives` are the nearest slots of the same property that can be booked. */
export class SlotTaken extends Problem {
  readonly alternatives: Alternative[]
  constructor(response: Response, body: Partial<ProblemBody>) {
    super(response, body)
    this.alternatives = (body.alternatives ?? []).map((one) => ({
      ...one,
      start_time: new Date(one.start_time),
      end_time: new Date(one.end_time),
    }))
  }
}

/** A batch of all or none: `results` are all the items that stand in the way. */
export class BatchRefused extends Problem {
  readonly results: RefusedItem[]
  constructor(response: Response, body: Partial<ProblemBody>) {
    super(response, body)
    this.results = body.results ?? []
  }
}

const classes: Record<string, typeof Problem> = {
  ...byCode,
  batch_refused: BatchRefused,
  invalid_request: InvalidRequest,
  slot_taken: SlotTaken,
}

/** The refusal that an answer tells, by its code. What is no problem document is a Problem with the code `http_<status>`. */
export function problemOf(response: Response, body: unknown): Problem {
  const told = (typeof body === 'object' && body !== null ? body : {}) as Partial<ProblemBody>
  const known = told.code !== undefined && Object.hasOwn(classes, told.code) ? classes[told.code] : undefined
  return new (known ?? Problem)(response, told)
}
