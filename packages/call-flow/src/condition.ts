import type { Comparison, ConditionBranch } from './node-config.ts'
import { compileTemplate, renderTemplate } from './template.ts'
import { readVariable, type Variables, type VariableValue } from './variable.ts'

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
 * A comparison of a variable with a value, of which texts are templates. Missing, null and empty are the same: not set. What is not
 * set equals only what is not set, and is neither less nor greater than anything.
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

/** Negative, 0 or positive; NaN, with which every comparison is false, where the two have no order. */
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
/** Sixteen digits and more do not fit a double: two account numbers would compare equal. */
const maxNumberLength = 15

/**
 * A value as a number, NaN where it is none. Between two texts `007` is a code, not the number 7; beside a number, as with digits
 * pressed and a limit of 5, leading zeros are only zeros.
 */
function numberOf(value: VariableValue, other: VariableValue): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.length > maxNumberLength) return Number.NaN
  return (typeof other === 'number' ? paddedNumber : plainNumber).test(value) ? Number(value) : Number.NaN
}
