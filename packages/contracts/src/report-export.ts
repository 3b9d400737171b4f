import { type Static, Type } from '@sinclair/typebox'

export const ExportQuery = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal('xlsx'), Type.Literal('csv')], { default: 'xlsx', description: 'The format of the file. By default, `xlsx`' }),
  ),
})
export type ExportQuery = Static<typeof ExportQuery>
export type ExportFormat = NonNullable<ExportQuery['format']>

export const exportMediaTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
} as const satisfies Record<ExportFormat, string>
