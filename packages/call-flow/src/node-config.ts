import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { VariableName, VariableValue } from './variable.ts'

/** A branch output of a dtmf or condition node: `branch_1`, `branch_2`, … */
export const BranchOutput = Type.String({ pattern: '^branch_[1-9][0-9]{0,3}$' })

/** Keys of a telephone: RFC 4733, section 3.2. */
const Digits = Type.String({ pattern: '^[0-9*#A-D]{1,32}$' })
const Terminator = Type.String({ pattern: '^[0-9*#A-D]$' })
const Media = Type.String({ minLength: 1, maxLength: 1000, description: 'Name or URL of the audio; templated' })
const SpokenText = Type.String({ minLength: 1, maxLength: 4000, description: 'Text to speak; templated' })
const Language = Type.String({ minLength: 2, maxLength: 35, description: 'BCP 47 tag' })
const Voice = Type.String({ minLength: 1, maxLength: 100 })

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** No key but those named: a misspelt setting is refused, never ignored. */
const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })

const Prompt = Type.Union([
  closed({ media: Media }),
  closed({ text: SpokenText, language: Type.Optional(Language), voice: Type.Optional(Voice) }),
])

export const DialConfig = closed({
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 180_000, default: 30_000, description: 'How long it rings' })),
  amd: Type.Optional(Type.Boolean({ description: "Detect answering machines; absent, the program's setting applies" })),
})

export const AnswerConfig = closed({})

export const PlayConfig = closed({ media: Media })

export const SayConfig = closed({ text: SpokenText, language: Type.Optional(Language), voice: Type.Optional(Voice) })

export const DtmfConfig = closed({
  prompt: Type.Optional(Prompt),
  minDigits: Type.Integer({ minimum: 1, maximum: 32 }),
  maxDigits: Type.Integer({ minimum: 1, maximum: 32 }),
  timeoutMs: Type.Integer({ minimum: 500, maximum: 2 * minuteMs, description: 'How long the first digit may take after the prompt' }),
  interDigitTimeoutMs: Type.Integer({ minimum: 250, maximum: minuteMs }),
  terminator: Type.Optional(Terminator),
  variable: Type.Optional(VariableName),
  branches: Type.Optional(
    Type.Array(closed({ output: BranchOutput, digits: Type.Array(Digits, { minItems: 1, maxItems: 100 }) }), { maxItems: 100 }),
  ),
  maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1, description: 'How often the digits are asked for' })),
})

/** `any` and `all` hold comparisons with one value, a list (`in`), or none. */
export const Comparison = Type.Union([
  closed({
    variable: VariableName,
    operator: Type.Union([
      Type.Literal('eq'),
      Type.Literal('ne'),
      Type.Literal('gt'),
      Type.Literal('gte'),
      Type.Literal('lt'),
      Type.Literal('lte'),
      Type.Literal('contains'),
      Type.Literal('starts_with'),
    ]),
    value: VariableValue,
  }),
  closed({ variable: VariableName, operator: Type.Literal('in'), value: Type.Array(VariableValue, { minItems: 1, maxItems: 1000 }) }),
  closed({ variable: VariableName, operator: Type.Union([Type.Literal('is_set'), Type.Literal('is_not_set')]) }),
])
export type Comparison = Static<typeof Comparison>

const Comparisons = Type.Array(Comparison, { minItems: 1, maxItems: 50 })

export const ConditionBranch = Type.Union([
  closed({ output: BranchOutput, all: Comparisons }),
  closed({ output: BranchOutput, any: Comparisons }),
])
export type ConditionBranch = Static<typeof ConditionBranch>

export const ConditionConfig = closed({ branches: Type.Array(ConditionBranch, { minItems: 1, maxItems: 100 }) })

export const SetVariableConfig = closed({ name: VariableName, value: VariableValue })

export const RecordConfig = closed({
  maxDurationMs: Type.Integer({ minimum: 1000, maximum: hourMs }),
  silenceMs: Type.Optional(Type.Integer({ minimum: 500, maximum: minuteMs, description: 'Silence that ends the recording' })),
  terminator: Type.Optional(Terminator),
  beep: Type.Optional(Type.Boolean({ default: true })),
  variable: Type.Optional(VariableName),
})

export const HangupConfig = closed({ reason: Type.Optional(Type.String({ maxLength: 200 })) })

export const SmsConfig = closed({
  message: Type.String({ minLength: 1, maxLength: 1600, description: 'Templated' }),
  to: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Templated; absent, the contact's phone" })),
})

/** `attributeName` is read by the call export: "Attribute: from node.config.attributeName". */
export const UpdateContactConfig = closed({ attributeName: Type.String({ minLength: 1, maxLength: 100 }), value: VariableValue })

export const CollectAudioConfig = closed({
  prompt: Type.Optional(Prompt),
  maxDurationMs: Type.Integer({ minimum: 1000, maximum: hourMs }),
  silenceMs: Type.Optional(Type.Integer({ minimum: 500, maximum: minuteMs })),
  transcribe: Type.Optional(Type.Boolean()),
  variable: Type.Optional(VariableName),
})

export const TransferConfig = closed({
  to: Type.String({ minLength: 1, maxLength: 200, description: 'Phone number, extension or queue; templated' }),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 180_000, default: 30_000 })),
})
