import { type Static, Type } from '@sinclair/typebox'
import { BranchOutput, duplicateOutputs } from '../branch.ts'
import { closed, Digits, minuteMs, Terminator } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { Ask, WaitingNode } from '../node-type.ts'
import type { Problem } from '../problem.ts'
import { type CompiledPrompt, compilePrompt, type Prompt, PromptConfig, promptTemplates, renderPrompt } from '../prompt.ts'
import { VariableName, type Variables } from '../variable.ts'

const DtmfConfig = closed({
  prompt: Type.Optional({ ...PromptConfig, description: 'What is played first: an audio or a text' }),
  minDigits: Type.Integer({ minimum: 1, maximum: 32, description: 'An entry has this many keys at least' }),
  maxDigits: Type.Integer({ minimum: 1, maximum: 32, description: 'An entry ends with this many keys' }),
  timeoutMs: Type.Integer({
    minimum: 500,
    maximum: 2 * minuteMs,
    description: 'How long the first key may take after the prompt, in milliseconds',
  }),
  interDigitTimeoutMs: Type.Integer({
    minimum: 250,
    maximum: minuteMs,
    description: 'How long each further key may take, in milliseconds',
  }),
  terminator: Type.Optional(Terminator),
  variable: Type.Optional({ ...VariableName, description: 'The variable that gets the entry' }),
  branches: Type.Optional(
    Type.Array(
      closed({
        output: BranchOutput,
        digits: Type.Array(Digits, { minItems: 1, maxItems: 100, description: 'The entries that take the branch' }),
      }),
      { maxItems: 100, description: 'Outputs by entry' },
    ),
  ),
  maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1, description: 'How often the digits are asked for' })),
})
type DtmfConfig = Static<typeof DtmfConfig>

/** How many digits may come, and how long each may take. */
export interface DigitEntry {
  readonly minDigits: number
  readonly maxDigits: number
  readonly timeoutMs: number
  readonly interDigitTimeoutMs: number
  readonly terminator?: string
}

interface Menu {
  readonly prompt: CompiledPrompt | null
  readonly entry: DigitEntry
  readonly variable: string | null
  /** The output of each entry; `null` if every entry of the right length leads to onComplete. */
  readonly branches: ReadonlyMap<string, string> | null
  readonly maxAttempts: number
}

interface DtmfTypes {
  readonly action: Menu
  readonly waitingFor: 'digits'
  readonly memory: { readonly attempt: number }
  readonly order: { readonly type: 'collect'; readonly prompt?: Prompt; readonly attempt: number } & DigitEntry
  readonly input: {
    readonly type: 'collected'
    /** Without the terminator. */
    readonly digits: string
    readonly endedBy: 'complete' | 'terminator' | 'timeout'
  }
  /** `digits` of the last attempt; `branch` if they lead to one. */
  readonly data: { readonly digits: string; readonly branch: string | null; readonly attempts: number }
}

/** Asks the callee for digits, and asks again while attempts are left. */
export const dtmf: WaitingNode<typeof DtmfConfig, DtmfTypes> = {
  description:
    'Asks for keys. Outputs: `onTimeout` when nothing was pressed, `onInvalid` for another entry than the branches have, and the outputs of the branches, or `onComplete` without branches.',
  config: DtmfConfig,
  needsAnsweredCall: true,
  takesTime: true,
  outputs({ branches = [] }) {
    return [...(branches.length > 0 ? branches.map(({ output }) => output) : ['onComplete']), 'onTimeout', 'onInvalid']
  },
  templates: ({ prompt }) => promptTemplates(prompt),
  variablesWritten: ({ variable }) => textAt('/config/variable', variable),
  problems: (config) => [...duplicateOutputs(config.branches ?? []), ...digitProblems(config)],
  run: {
    waitingFor: 'digits',
    answers: ['collected'],
    compile({ prompt, variable = null, branches = [], maxAttempts = 1, ...entry }) {
      const outputs = branches.flatMap(({ output, digits }) => digits.map((entered) => [entered, output] as const))
      return {
        prompt: prompt ? compilePrompt(prompt) : null,
        entry,
        variable,
        branches: outputs.length > 0 ? new Map(outputs) : null,
        maxAttempts,
      }
    },
    start: (menu, variables) => ask(menu, variables, 1),
    answer({ digits, endedBy }, { action: menu, memory: { attempt }, variables }) {
      const accepted = outputOf(menu, digits)
      if (accepted === null && attempt < menu.maxAttempts) return ask(menu, variables, attempt + 1)
      const data = { digits, branch: menu.branches ? accepted : null, attempts: attempt }
      if (accepted === null) return { output: digits === '' && endedBy === 'timeout' ? 'onTimeout' : 'onInvalid', data }
      return { output: accepted, data, ...(menu.variable === null ? {} : { set: { [menu.variable]: digits } }) }
    },
    interrupt: ({ memory }) => ({ data: { digits: '', branch: null, attempts: memory.attempt } }),
  },
}

function ask(menu: Menu, variables: Variables, attempt: number): Ask<DtmfTypes> {
  const prompt = menu.prompt ? { prompt: renderPrompt(menu.prompt, variables) } : {}
  return { order: { type: 'collect', ...prompt, ...menu.entry, attempt }, memory: { attempt } }
}

/** `null` for digits that are too few, too many, or of no branch. */
function outputOf({ entry, branches }: Menu, digits: string): string | null {
  if (digits.length < entry.minDigits || digits.length > entry.maxDigits) return null
  return branches ? (branches.get(digits) ?? null) : 'onComplete'
}

/** Digits that two branches claim, or that nobody can enter with this length and terminator. */
function digitProblems({ minDigits, maxDigits, terminator, branches = [] }: DtmfConfig): Problem[] {
  if (minDigits > maxDigits) {
    const message = `minDigits ${minDigits} is more than maxDigits ${maxDigits}`
    return [{ pointer: '/config/minDigits', code: 'digit_range', message }]
  }
  const problems: Problem[] = []
  const claimed = new Set<string>()
  for (const [branch, { digits }] of branches.entries()) {
    for (const [index, entry] of digits.entries()) {
      const pointer = `/config/branches/${branch}/digits/${index}`
      if (claimed.has(entry)) problems.push({ pointer, code: 'digits_overlap', message: `'${entry}' leads to another branch already` })
      claimed.add(entry)
      if (entry.length < minDigits || entry.length > maxDigits) {
        const message = `'${entry}' is not ${minDigits} to ${maxDigits} digits long`
        problems.push({ pointer, code: 'digits_unreachable', message })
      } else if (terminator !== undefined && entry.includes(terminator)) {
        problems.push({ pointer, code: 'digits_unreachable', message: `'${entry}' holds the terminator '${terminator}'` })
      }
    }
  }
  return problems
}
