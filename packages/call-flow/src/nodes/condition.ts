import { type Static, Type } from '@sinclair/typebox'
import { duplicateOutputs } from '../branch.ts'
import { ConditionBranch, compileBranch, type Predicate } from '../comparison.ts'
import { closed } from '../config-schema.ts'
import { textAt } from '../node-text.ts'
import type { InstantNode } from '../node-type.ts'

const ConditionConfig = closed({
  branches: Type.Array(ConditionBranch, { minItems: 1, maxItems: 100, description: 'Tried in their order' }),
})

interface ConditionTypes {
  readonly action: readonly { readonly output: string; readonly holds: Predicate }[]
  readonly data: Record<never, never>
}

/** Takes the first branch that holds, else onDefault. */
export const condition: InstantNode<typeof ConditionConfig, ConditionTypes> = {
  description: 'Takes the first branch that holds. Outputs: those of the branches, else `onDefault`.',
  config: ConditionConfig,
  needsAnsweredCall: false,
  takesTime: false,
  outputs: ({ branches }) => [...branches.map(({ output }) => output), 'onDefault'],
  templates: (config) =>
    comparisonsOf(config).flatMap(({ pointer, comparison }) => {
      if (!('value' in comparison)) return []
      const { value } = comparison
      if (!Array.isArray(value)) return textAt(`${pointer}/value`, value)
      return value.flatMap((item, index) => textAt(`${pointer}/value/${index}`, item))
    }),
  variablesRead: (config) =>
    comparisonsOf(config).map(({ pointer, comparison }) => ({ pointer: `${pointer}/variable`, text: comparison.variable })),
  problems: ({ branches }) => duplicateOutputs(branches),
  run: {
    compile: ({ branches }) => branches.map((branch) => ({ output: branch.output, holds: compileBranch(branch) })),
    start: (branches, variables) => ({
      output: branches.find(({ holds }) => holds(variables))?.output ?? 'onDefault',
      data: {},
    }),
  },
}

function comparisonsOf({ branches }: Static<typeof ConditionConfig>) {
  return branches.flatMap((branch, index) => {
    const [key, comparisons] = 'all' in branch ? (['all', branch.all] as const) : (['any', branch.any] as const)
    return comparisons.map((comparison, at) => ({ pointer: `/config/branches/${index}/${key}/${at}`, comparison }))
  })
}
