import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { checkInput } from './input-file.ts'
import { refusedFile } from './refusal.ts'

const headBytes = 1024 * 1024
const maxHeaderLength = 200

/** A first line that tells Excel the delimiter. */
const separatorLine = /^"?sep=.?"?$/i
const blankRow = /^[\s;,|"]*$/
/**
 * What the header of a phone column contains, without accents. The import knows the headers themselves, and is stricter: this check may let
 * a file pass that the import refuses, and must never refuse one that it takes.
 */
const phoneWords =
  /phon|tel|mob|movil|cel|gsm|msisdn|whatsapp|portable|handy|ruf|num|destination|call|contact|هاتف|جوال|محمول|رقم|(?<!\p{L})(n|no|to)(?!\p{L})/u

/** Refuses a file of contacts that has no phone column or no rows, as far as its beginning tells. */
export function checkContacts(path: string): void {
  checkInput(path)
  const texts = readings(headOf(path))
  const [header = '', ...rows] = linesOf(texts[0] ?? '')
  const problems: string[] = []
  if (!texts.some((text) => phoneWords.test(comparable(linesOf(text)[0] ?? '')))) {
    problems.push(`no column is a phone number; the header is ${JSON.stringify(header.slice(0, maxHeaderLength))}`)
  }
  if (statSync(path).size <= headBytes && rows.every((row) => blankRow.test(row))) problems.push('there is no row below the header')
  if (problems.length > 0) throw refusedFile(path, problems.join('; '))
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(headBytes)
  const file = openSync(path, 'r')
  try {
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}

/** The text as the byte-order mark says; without one it may be UTF-8 or, from Western spreadsheets, Windows-1252. */
function readings(head: Buffer): string[] {
  const [first, second] = head
  if (first === 0xff && second === 0xfe) return [new TextDecoder('utf-16le').decode(head)]
  if (first === 0xfe && second === 0xff) return [new TextDecoder('utf-16be').decode(head)]
  return [new TextDecoder('utf-8').decode(head), new TextDecoder('windows-1252').decode(head)]
}

/** The lines from the header on. */
function linesOf(text: string): string[] {
  const lines = text.replaceAll('\0', '').split(/\r\n|\n|\r/)
  const start = lines.findIndex((line) => line.trim() !== '' && !separatorLine.test(line))
  return start === -1 ? [] : lines.slice(start)
}

function comparable(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
}
