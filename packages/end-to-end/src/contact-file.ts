/** A file of contacts as people send them, and what an import of it must answer. */
export interface ContactFile {
  bytes: Uint8Array<ArrayBuffer>
  expected: { rows: number; created: number; updated: number; duplicates: number; rejected: number; rejections: Rejection[] }
  /** E.164, of the rows that are good, in their order. */
  numbers: string[]
}

interface Rejection {
  line: number
  reason: string
}

/** A cell that is not a phone number, and the stable name of the problem. */
const impossible: readonly (readonly [text: string, reason: string])[] = [
  ['', 'empty'],
  ['0612', 'too_short'],
  ['06123456789012345', 'too_long'],
  ['sans numéro', 'not_a_number'],
  ['2,12612E+11', 'digits_lost'],
  ['+99912345678', 'unknown_country_code'],
  ['0612345678 ext. 4', 'has_extension'],
]

/** Spellings of one Moroccan number; `digits` are those after the country code. */
const spellings: readonly ((digits: string) => string)[] = [
  (digits) => `+212${digits}`,
  (digits) => `0${digits}`,
  (digits) => `0${digits.replace(/(\d)(\d\d)(\d\d)(\d\d)(\d\d)/, '$1 $2 $3 $4 $5')}`,
  (digits) => `00212 ${digits}`,
  (digits) => `(0${digits[0]}) ${digits.slice(1).replace(/(\d\d)(?=\d)/g, '$1.')}`,
  (digits) => `tel:+212${digits}`,
  (digits) => `'0${digits}`,
  (digits) => `0${digits.replace(/(\d)(\d\d)(\d\d)(\d\d)(\d\d)/, '$1\u00a0$2\u00a0$3\u00a0$4\u00a0$5')}`,
]

const encoder = new TextEncoder()

const firstNames = ['Zoë', 'Aïcha', 'Jean-François', 'Noé', 'Maëlle', 'Rachid', 'Inès']

/** The number of contact `index` of a series; series do not overlap. */
export function numberOf(series: number, index: number): string {
  return `+212${digitsOf(series, index)}`
}

function digitsOf(series: number, index: number): string {
  return `6${String(series * 100_000 + index).padStart(8, '0')}`
}

/**
 * A spreadsheet's export in UTF-8 with a byte-order mark, `;` and CRLF: line breaks, separators and quotes in quoted cells, blank lines, rows that
 * end early, numbers in eight spellings, numbers that come again in another spelling, and every kind of cell that is no number.
 */
export function exportedSheet(series: number, contacts: number): ContactFile {
  const file = startLines('\r\n', 'Prénom;Nom;Téléphone;Crédit;Membre;Échéance;Remarque')
  for (let index = 0; index < contacts; index++) {
    const cells = [nameOf(index), `Nom${index}`, spelled(series, index), creditOf(index), index % 3 === 0 ? 'oui' : 'non', dueOf(index)]
    if (index % 7 === 3) cells.push(`"première ligne\r\nseconde; avec ""guillemets"""`)
    else if (index % 7 === 5) cells.push('"à rappeler; le soir"')
    else if (index % 2 === 0) cells.push('')
    file.good(cells.join(';'))
    if (index % 20 === 19) file.duplicate(`Encore;Lui;${spelled(series, index - 7, 3)};1;non;;`)
    if (index % 25 === 24)
      file.bad(impossible[Math.floor(index / 25) % impossible.length] ?? ['', 'empty'], (text) => `Sans;Nom;${text};5;non;;`)
    if (index % 60 === 59) file.blank(index % 120 === 59 ? '' : ';;;;;;')
  }
  return file.finished(numbers(series, contacts), encoder.encode(`\ufeff${file.text()}`))
}

/**
 * A file of an old program in Latin-1 with tabs: contacts of the series beginning at `from`, after some that the organization already has, which get
 * another credit.
 */
export function latin1List(series: number, { from, contacts, known }: { from: number; contacts: number; known: number }): ContactFile {
  const file = startLines('\n', ['Prénom', 'Nom', 'N° de téléphone', 'Crédit', 'Membre'].join('\t'))
  for (let index = 0; index < known; index++) file.update([nameOf(index), `Nom${index}`, spelled(series, index, 1), '77', 'non'].join('\t'))
  for (let index = from; index < from + contacts; index++) {
    file.good([nameOf(index), `Né${index}`, spelled(series, index), creditOf(index), 'oui'].join('\t'))
  }
  const added = Array.from({ length: contacts }, (_, offset) => numberOf(series, from + offset))
  return file.finished([...numbers(series, known), ...added], Uint8Array.from(Buffer.from(file.text(), 'latin1')))
}

/** A clean file, for tests that are not about the import. */
export function tidyFile(series: number, contacts: number): Uint8Array<ArrayBuffer> {
  const rows = Array.from({ length: contacts }, (_, index) => `${numberOf(series, index)},Contact ${index},${creditOf(index)}`)
  return encoder.encode(`phone,first name,credit\n${rows.join('\n')}\n`)
}

/** The text of a file as it grows by rows, and what an import of it must answer. */
interface Lines {
  text(): string
  good(row: string): void
  update(row: string): void
  duplicate(row: string): void
  bad(value: readonly [string, string], row: (text: string) => string): void
  blank(row: string): void
  finished(numbers: string[], bytes: Uint8Array<ArrayBuffer>): ContactFile
}

function startLines(lineBreak: string, header: string): Lines {
  const counts = { created: 0, updated: 0, duplicates: 0, rejected: 0 }
  const rejections: Rejection[] = []
  let text = header + lineBreak
  let line = 2
  const append = (row: string) => {
    text += row + lineBreak
    line += row.split('\n').length
  }
  const appendCounted = (kind: keyof typeof counts) => (row: string) => {
    counts[kind]++
    append(row)
  }
  return {
    text: () => text,
    good: appendCounted('created'),
    update: appendCounted('updated'),
    duplicate: appendCounted('duplicates'),
    bad([value, reason], row) {
      counts.rejected++
      rejections.push({ line, reason })
      append(row(value))
    },
    blank: append,
    finished(numbers, bytes) {
      const { created, updated, duplicates, rejected } = counts
      const rows = created + updated + duplicates + rejected
      return { bytes, numbers, expected: { rows, created, updated, duplicates, rejected, rejections } }
    },
  }
}

function numbers(series: number, contacts: number): string[] {
  return Array.from({ length: contacts }, (_, index) => numberOf(series, index))
}

function spelled(series: number, index: number, style = index): string {
  const spelling = spellings[style % spellings.length]
  if (!spelling) throw new Error('there is no spelling')
  return spelling(digitsOf(series, index))
}

const nameOf = (index: number) => firstNames[index % firstNames.length] ?? ''
const creditOf = (index: number) => String((index * 137) % 4000)
const dueOf = (index: number) => `2026-03-${String((index % 28) + 1).padStart(2, '0')}`
