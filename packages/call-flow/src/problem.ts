export const problemCodes = [
  'ambiguous_start_node',
  'bad_template',
  'bad_text',
  'bad_variable_name',
  'digit_range',
  'digits_overlap',
  'digits_unreachable',
  'duplicate_node_id',
  'duplicate_output',
  'endless_cycle',
  'leads_into_dial',
  'needs_answered_call',
  'no_start_node',
  'node_type_not_available',
  'output_linked_twice',
  'reserved_variable',
  'shape',
  'start_not_dial',
  'unknown_edge_end',
  'unknown_node_type',
  'unknown_output',
  'unknown_start_node',
  'unreachable_node',
] as const
export type ProblemCode = (typeof problemCodes)[number]

/** What is wrong with a flow, and where: `pointer` is a JSON pointer (RFC 6901) into the graph. */
export interface Problem {
  readonly pointer: string
  readonly code: ProblemCode
  readonly message: string
}
