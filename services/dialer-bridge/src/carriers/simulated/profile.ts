import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { scriptPattern } from './script.ts'

const closed = { additionalProperties: false }
const dayMs = 86_400_000

const milliseconds = (fallback?: number) =>
  Type.Integer({ minimum: 0, maximum: dayMs, ...(fallback === undefined ? {} : { default: fallback }) })
const share = (fallback: number) => Type.Number({ minimum: 0, maximum: 1, default: fallback })
const weight = () => Type.Number({ minimum: 0, default: 0 })

/** Both included. */
const Range = Type.Object({ min: milliseconds(0), max: milliseconds(0) }, { ...closed, default: {} })
type Range = Static<typeof Range>

/** How the people at the other end of the simulated carrier behave. Durations are milliseconds of platform time. */
export const CarrierProfile = Type.Object(
  {
    /** Weights of how a call goes; they need not add up to 1. */
    outcomes: Type.Object(
      { answer: weight(), machine: weight(), no_answer: weight(), busy: weight(), rejected: weight(), failed: weight() },
      closed,
    ),
    /** From the originate to the first ringing. */
    postDialDelayMs: Range,
    /** From the originate to the answer. An answer after the ring time counts as no answer. */
    ringMs: Range,
    /** From the originate until the far end gives up ringing. If absent, it rings for the whole ring time. */
    noAnswerAfterMs: Type.Optional(Type.Object({ min: milliseconds(), max: milliseconds() }, closed)),
    busyAfterMs: Range,
    rejectedAfterMs: Range,
    failedAfterMs: Range,
    /** What a failed call ends with, by weight. */
    failures: Type.Array(
      Type.Object(
        {
          sipStatus: Type.Integer({ minimum: 300, maximum: 699 }),
          q850Cause: Type.Integer({ minimum: 1, maximum: 127 }),
          weight: Type.Number({ minimum: 0, default: 1 }),
        },
        closed,
      ),
      { minItems: 1, default: [{ sipStatus: 503, q850Cause: 34 }] },
    ),
    /** The callee hangs up this long after the answer, if the flow has not ended by then. */
    hangUp: Type.Object({ probability: share(0), afterMs: Range }, { ...closed, default: {} }),
    /** How long an audio takes, by its name. */
    media: Type.Object(
      { defaultMs: milliseconds(0), durations: Type.Record(Type.String(), milliseconds(), { default: {} }) },
      { ...closed, default: {} },
    ),
    sayMsPerCharacter: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
    /** Weights of what is pressed at a question for digits. The empty text means nothing. */
    digits: Type.Record(Type.String({ pattern: '^[0-9*#A-D]{0,32}$' }), weight(), closed),
    /** Before each key. The first counts from the end of the prompt. */
    digitDelayMs: Range,
    /** How long somebody speaks into a recording. */
    record: Type.Object({ minMs: milliseconds(0), maxMs: milliseconds(0) }, { ...closed, default: {} }),
    /** Detection of answering machines: how long it takes, and how often it is right. Otherwise it is unsure. */
    amd: Type.Object({ detectMs: Range, accuracy: share(1) }, { ...closed, default: {} }),
    /** Scripts of single numbers, one for each attempt. The last one repeats. */
    numbers: Type.Record(Type.String(), Type.Array(Type.String({ pattern: scriptPattern }), { minItems: 1 }), { default: {} }),
  },
  closed,
)
export type CarrierProfile = Static<typeof CarrierProfile>

/** A profile that cannot be used. Each problem names its field by a JSON pointer. */
export class InvalidProfileError extends Error {
  override readonly name = 'InvalidProfileError'

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
  }
}

/** Reads a profile and fills in the defaults: everybody answers at once and nothing takes any time. */
export function readProfile(input: unknown): CarrierProfile {
  const candidate = Value.Default(CarrierProfile, withWeights(input))
  if (!Value.Check(CarrierProfile, candidate)) {
    const problems = [...Value.Errors(CarrierProfile, candidate)].map(({ path, message }) => `${path || '/'}: ${message}`)
    throw new InvalidProfileError([...new Set(problems)])
  }
  const problems = inconsistencies(candidate)
  if (problems.length > 0) throw new InvalidProfileError(problems)
  return candidate
}

/** Weights have no defaults one by one: an outcome that a profile does not name never happens. */
function withWeights(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  return { outcomes: { answer: 1 }, digits: { '': 1 }, ...structuredClone(input) }
}

function inconsistencies(profile: CarrierProfile): string[] {
  const ranges: Record<string, Range> = {
    '/postDialDelayMs': profile.postDialDelayMs,
    '/ringMs': profile.ringMs,
    ...(profile.noAnswerAfterMs ? { '/noAnswerAfterMs': profile.noAnswerAfterMs } : {}),
    '/busyAfterMs': profile.busyAfterMs,
    '/rejectedAfterMs': profile.rejectedAfterMs,
    '/failedAfterMs': profile.failedAfterMs,
    '/hangUp/afterMs': profile.hangUp.afterMs,
    '/digitDelayMs': profile.digitDelayMs,
    '/record': { min: profile.record.minMs, max: profile.record.maxMs },
    '/amd/detectMs': profile.amd.detectMs,
  }
  const weights: Record<string, readonly number[]> = {
    '/outcomes': Object.values(profile.outcomes),
    '/digits': Object.values(profile.digits),
    '/failures': profile.failures.map((failure) => failure.weight),
  }
  return [
    ...Object.entries(ranges).flatMap(([pointer, { min, max }]) => (min > max ? [`${pointer}: min is more than max`] : [])),
    ...Object.entries(weights).flatMap(([pointer, values]) => (values.some((value) => value > 0) ? [] : [`${pointer}: every weight is 0`])),
  ]
}
