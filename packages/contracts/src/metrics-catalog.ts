import { type Static, Type } from '@sinclair/typebox'

/** One figure of the reports. */
export const MetricDefinition = Type.Object(
  {
    name: Type.String({ description: 'The metric’s name, as formulas use it' }),
    label: Type.String({ description: 'A title for people' }),
    formula: Type.String({ description: 'What is counted, or how it is computed from other metrics' }),
    unit: Type.Union([Type.Literal('count'), Type.Literal('percent'), Type.Literal('milliseconds'), Type.Literal('credits')], {
      description: '`percent`: two decimals, rounded half up, 0 if the denominator is 0. `credits`: up to six decimals',
    }),
    source: Type.String({ description: 'The events that it is counted from, or `metrics` if it is computed from others' }),
    fields: Type.Array(Type.String(), {
      description:
        'Where it stands: the operation of the report, a colon, and the field. `[]` is every item of a list, `*` every name of a map',
      examples: [['getExecutionReport: contactMetrics.reachRate']],
    }),
  },
  { $id: 'MetricDefinition', description: 'What a figure of the reports means.' },
)
export type MetricDefinition = Static<typeof MetricDefinition>

/** `GET /metrics-catalog` */
export const MetricsCatalog = Type.Object(
  { metrics: Type.Array(MetricDefinition, { description: 'Every figure that a report shows' }) },
  { $id: 'MetricsCatalog', description: 'What the figures of the reports mean.' },
)
export type MetricsCatalog = Static<typeof MetricsCatalog>
