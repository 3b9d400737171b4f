import { type Static, Type } from '@sinclair/typebox'
import { BranchOutput } from './branch.ts'
import { closed } from './config-schema.ts'
import { compileTemplate, renderTemplate } from './template.ts'
import { readVariable, VariableName, type Variables, VariableValue } from './variable.ts'

/** Compares a variable with one value, with a list (`in`), or with nothing. */
const Comparison = Type.Union([
  closed({
    variable: VariableName,
    operator: Type.Union(
      [
        Type.Literal('eq'),
        Type.Literal('ne'),
        Type.Literal('gt'),
        Type.Literal('gte'),
        Type.Literal('lt'),
        Type.Literal('lte'),
        Type.Literal('contains'),
        Type.Literal('starts_with'),
      ],
      { description: 'How the variable is compared with the value' },
    ),
    value: VariableValue,
  }),
  closed({
    variable: VariableName,
    operator: Type.Literal('in', { description: 'The variable equals one of the values' }),
    value: Type.Array(VariableValue, { minItems: 1, maxItems: 1000, description: '1 to 1000 values' }),
  }),
  closed({
    variable: VariableName,
    operator: Type.Union([Type.Literal('is_set'), Type.Literal('is_not_set')], { description: 'Whether the variable has a value' }),
  }),
])
export type Comparison = Static<typeof Comparison>

const Comparisons = Type.Array(Comparison, {
  minItems: 1,
  maxItems: 50,
  description: '1 to 50 comparisons: `all` must hold, or `any` of them',
})

export const ConditionBranch = Type.Union([
  closed({ output: BranchOutput, all: Comparisons }),
  closed({ output: BranchOutput, any: Comparisons }),
])
export type ConditionBranch = Static<typeof ConditionBranch>

export type Predicate = (variables: Variables) => boolean

/** The predicate of one branch: `all` of its comparisons hold, or `any` of them. */
export function compileBranch(branch: ConditionBranch): Predicate {
  if ('all' in branch) {
    const predicates = branch.all.map(compileComparison)
    return (variables) => predicates.every((holds) => holds(variables))
  }
  const predicates = branch.any.map(compileComparison)
  return (variables) => predicates.some((holds) => holds(variables))
}

/**
 * The predicate of one comparison. Texts are templates. Missing, null and empty are the same: not set. A value that is not set equals only
 * another that is not set, and is neither less nor greater than anything.
 */
export function compileComparison(comparison: Comparison): Predicate {
  const { variable } = comparison
  switch (comparison.operator) {
    case 'is_set':
      return (variables) => isSet(readVariable(variables, variable))
    case 'is_not_set':
      return (variables) => !isSet(readVariable(variables, variable))
    case 'in': {
      const operands = comparison.value.map(compileOperand)
      return (variables) => operands.some((operand) => equal(readVariable(variables, variable), operand(variables)))
    }
    default: {
      const operand = compileOperand(comparison.value)
      const test = binary[comparison.operator]
      return (variables) => test(readVariable(variables, variable), operand(variables))
    }
  }
}

const binary = {
  eq: equal,
  ne: (left, right) => !equal(left, right),
  gt: (left, right) => order(left, right) > 0,
  gte: (left, right) => order(left, right) >= 0,
  lt: (left, right) => order(left, right) < 0,
  lte: (left, right) => order(left, right) <= 0,
  contains: (left, right) => isSet(left) && isSet(right) && String(left).includes(String(right)),
  starts_with: (left, right) => isSet(left) && isSet(right) && String(left).startsWith(String(right)),
} satisfies Record<string, (left: VariableValue, right: VariableValue) => boolean>

function compileOperand(value: VariableValue): (variables: Variables) => VariableValue {
  if (typeof value !== 'string') return () => value
  const template = compileTemplate(value)
  return (variables) => renderTemplate(template, variables)
}

function isSet(value: VariableValue): boolean {
  return value !== null && value !== ''
}

function equal(left: VariableValue, right: VariableValue): boolean {
  if (!isSet(left) || !isSet(right)) return isSet(left) === isSet(right)
  return order(left, right) === 0 || String(left) === String(right)
}

/** Negative, 0 or positive; NaN, with which every comparison is false, for two values that have no order. */
function order(left: VariableValue, right: VariableValue): number {
  if (!isSet(left) || !isSet(right)) return Number.NaN
  const leftNumber = numberOf(left, right)
  const rightNumber = numberOf(right, left)
  if (!Number.isNaN(leftNumber) && !Number.isNaN(rightNumber)) return leftNumber - rightNumber
  const bothText = typeof left === 'string' && typeof right === 'string'
  if (!bothText || !Number.isNaN(leftNumber) || !Number.isNaN(rightNumber)) return Number.NaN
  if (left === right) return 0
  return left < right ? -1 : 1
}

const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/
const paddedNumber = /^[+-]?\d+(?:\.\d+)?$/
/** Numbers of sixteen digits and more do not fit a double: two account numbers would compare equal. */
const maxNumberLength = 15

/**
 * A value as a number, NaN if it is none. Compared with a text, `007` is a code and not the number 7. Compared with a number (pressed
 * digits with a limit of 5), leading zeros do not count.
 */
function numberOf(value: VariableValue, other: VariableValue): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.length > maxNumberLength) return Number.NaN
  return (typeof other === 'number' ? paddedNumber : plainNumber).test(value) ? Number(value) : Number.NaN
}
