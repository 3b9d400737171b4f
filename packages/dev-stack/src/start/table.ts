export interface Column {
  header: string
  align?: 'left' | 'right'
}

/** A table in lines: headers, a rule, rows; columns as wide as their widest cell. */
export function table({ columns, rows, total }: { columns: Column[]; rows: string[][]; total?: string[] }): string[] {
  const all = [columns.map((column) => column.header), ...rows, ...(total ? [total] : [])]
  const widths = columns.map((_, index) => Math.max(...all.map((row) => widthOf(row[index] ?? ''))))
  const line = (cells: string[]) =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('──')
  const body = rows.map(line)
  return [line(columns.map((column) => column.header)), rule, ...body, ...(total ? [rule, line(total)] : [])]
}

/** Puts blocks of lines beside each other if they fit into the width, otherwise below each other. */
export function besideEachOther(blocks: string[][], width: number): string[] {
  const gap = 4
  const widths = blocks.map((block) => Math.max(...block.map(widthOf)))
  if (widths.reduce((sum, blockWidth) => sum + blockWidth + gap, -gap) > width)
    return blocks.flatMap((block) => [...block, '']).slice(0, -1)
  const height = Math.max(...blocks.map((block) => block.length))
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((block, index) => pad(block[row] ?? '', widths[index] ?? 0, 'left'))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'right' ? blanks + text : text + blanks
}

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The number of terminal columns of a text: one for each visible character. */
function widthOf(text: string): number {
  return [...segments.segment(text)].length
}
