import { parsePhoneNumber } from '../src/phone-number.ts'

/** Prints the processor time to read one number: an import of a million contacts needs it a million times. */
const rows = 300_000
const forms: Record<string, (index: number) => string> = {
  international: (index) => `+2126${10_000_000 + index}`,
  local: (index) => `06${10_000_000 + index}`,
  spaced: (index) => `06${10_000_000 + index}`.replace(/(..)/g, '$1 '),
  'a parenthesis before the plus': (index) => `(+212) 6${10_000_000 + index}`,
  'a label before it': (index) => `Mobile: 06${10_000_000 + index}`,
  rejected: (index) => `06${index}`,
}

for (const [name, form] of Object.entries(forms)) {
  const before = process.cpuUsage()
  for (let index = 0; index < rows; index++) parsePhoneNumber(form(index), 'MA')
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(`${name}: ${((user + system) / rows).toFixed(1)} µs\n`)
}
