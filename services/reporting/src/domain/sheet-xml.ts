import { type Cell, guardedText } from './spreadsheet.ts'

/*
 * The parts of an XLSX workbook as XML (ECMA-376, part 1: SpreadsheetML). Texts stand in their cells, so that a row can be written without a table of all
 * texts; cells have no address, as they follow one another.
 */

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const officeRelationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships'
const contentTypes = 'http://schemas.openxmlformats.org/package/2006/content-types'
const spreadsheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Until the first row. The header stays in sight. */
export const sheetStart =
  `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">` +
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'

/** After the last row. */
export const sheetEnd = '</sheetData></worksheet>'

export function sheetRow(cells: readonly Cell[]): string {
  return `<row>${cells.map(sheetCell).join('')}</row>`
}

/** The longest text of a cell, in UTF-16 units. */
const longestText = 32_767

function sheetCell(cell: Cell): string {
  if (cell === null || cell === '') return '<c/>'
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c><v>${cell}</v></c>` : '<c/>'
  return `<c t="inlineStr"><is><t xml:space="preserve">${xmlText(guardedText(cell).slice(0, longestText))}</t></is></c>`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 cannot hold
const special = /[&<>\r\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

/** Characters that XML cannot hold become U+FFFD, half surrogate pairs among them. */
function xmlText(text: string): string {
  return text.toWellFormed().replace(special, (character) => entities[character] ?? '\ufffd')
}

/** The parts of a workbook besides its sheets `xl/worksheets/sheet1.xml`, `sheet2.xml` …, by path. */
export function packageParts(sheetNames: readonly string[]): Map<string, string> {
  const sheets = sheetNames.map((name, index) => ({ name: xmlText(name), number: index + 1 }))
  const sheetTypes = sheets.map(
    ({ number }) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${spreadsheetType}.worksheet+xml"/>`,
  )
  const relations = sheets.map(
    ({ number }) => `<Relationship Id="rId${number}" Type="${officeRelationships}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
  )
  const entries = sheets.map(({ name, number }) => `<sheet name="${name}" sheetId="${number}" r:id="rId${number}"/>`)
  return new Map([
    [
      'xl/workbook.xml',
      `${declaration}<workbook xmlns="${main}" xmlns:r="${officeRelationships}"><sheets>${entries.join('')}</sheets></workbook>`,
    ],
    ['xl/_rels/workbook.xml.rels', `${declaration}<Relationships xmlns="${packageRelationships}">${relations.join('')}</Relationships>`],
    [
      '_rels/.rels',
      `${declaration}<Relationships xmlns="${packageRelationships}"><Relationship Id="rId1" Type="${officeRelationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      '[Content_Types].xml',
      `${declaration}<Types xmlns="${contentTypes}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheetType}.sheet.main+xml"/>${sheetTypes.join('')}</Types>`,
    ],
  ])
}
