import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkContacts } from '../src/start/contacts-file.ts'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('contacts-file')

test.for([
  ['an English header', 'first name,Phone\nAmina,0612345678\n'],
  ['a French one with accents', 'Nom;N° de téléphone\nAmina;0612345678\n'],
  ['an Arabic one', 'الاسم,رقم الهاتف\nAmina,0612345678\n'],
  ['a short one', 'name,to\nAmina,0612345678\n'],
  ['a number sign', 'N°;Nom\n0612345678;Amina\n'],
  ['a line for Excel before the header', 'sep=;\nname;gsm\nAmina;0612345678'],
  ['Windows-1252', Buffer.from('Nom;T\u00e9l\nAmina;0612345678\n', 'latin1')],
  ['UTF-16 from a spreadsheet', Buffer.from('\uFEFFNom\tTél\nAmina\t0612345678\n', 'utf16le')],
  ['old line ends of macOS', 'name,mobile\rAmina,0612345678\r'],
] as const)('contacts with %s are taken', ([name, content]) => {
  expect(() => checkContacts(file(name, content))).not.toThrow()
})

test.for([
  ['no phone column', 'name,city\nAmina,Rabat\n', /no column is a phone number; the header is "name,city"$/],
  ['a header alone', 'name;phone\n', /there is no row below the header$/],
  ['blank rows alone', 'name;phone\n;\n  ;\n\n', /there is no row below the header$/],
  [
    'neither a phone column nor rows',
    'name,city\n',
    /no column is a phone number; the header is "name,city"; there is no row below the header$/,
  ],
] as const)('contacts with %s are refused in one line with exit code 2', ([name, content, message]) => {
  expect(() => checkContacts(file(name, content))).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
  )
})

function file(name: string, content: string | Buffer): string {
  const path = join(dir, `${name}.csv`)
  writeFileSync(path, content)
  return path
}
