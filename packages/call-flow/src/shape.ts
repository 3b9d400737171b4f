import { findProblems } from '@carillon/field-problems/field-problems'
import { Value } from '@sinclair/typebox/value'
import { FlowGraph } from './graph.ts'
import type { Problem } from './problem.ts'

/** `more` is the number of problems besides those that are described. */
export type ShapeCheck =
  | { readonly ok: true; readonly graph: FlowGraph }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly more: number }

/** Checks an unknown value against `FlowGraph`; a node is reported against the schema of its own type. */
export function checkShape(input: unknown): ShapeCheck {
  if (Value.Check(FlowGraph, input)) return { ok: true, graph: input }
  const { problems, more } = findProblems(FlowGraph, input)
  // TypeBox counts the halves of a surrogate pair, so it refuses some texts that have as many characters as they may have.
  if (problems.length === 0) return { ok: false, problems: firstError(input), more }
  return {
    ok: false,
    problems: problems.map(({ pointer, message, keyword }) => ({ pointer, code: codeOf(pointer, keyword), message })),
    more,
  }
}

function codeOf(pointer: string, keyword: string): Problem['code'] {
  return keyword === 'discriminator' && /^\/nodes\/\d+\/type$/.test(pointer) ? 'unknown_node_type' : 'shape'
}

function firstError(input: unknown): Problem[] {
  const error = Value.Errors(FlowGraph, input).First()
  return [{ pointer: error?.path ?? '', code: 'shape', message: 'is not valid: a text is too long' }]
}
