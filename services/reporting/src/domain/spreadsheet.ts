/** A value of a spreadsheet. Null is an empty cell. */
export type Cell = string | number | null

/** A sheet of a workbook, or a section of a CSV file. */
export interface Sheet {
  readonly name: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Beginnings of a text that spreadsheet programs take for a formula (OWASP, CSV injection). */
const formulaBeginning = /^[=+\-@\t\r]/

/** A text of a number, such as a phone number in E.164: it holds nothing that could be run. */
const plainNumber = /^[+-]?\d+$/

/** The text as a cell that no spreadsheet program runs as a formula (contract rule 23). Phone numbers stay as they are. */
export function guardedText(text: string): string {
  return formulaBeginning.test(text) && !plainNumber.test(text) ? `'${text}` : text
}

export function guardedCell(cell: Cell): Cell {
  return typeof cell === 'string' ? guardedText(cell) : cell
}
