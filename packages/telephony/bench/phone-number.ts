import { parsePhoneNumber } from '../src/phone-number.ts'

/** Prints what reading one number costs: the import of a million contacts pays it a million times. */
const rows = 300_000
const forms: Record<string, (index: number) => string> = {
  international: (index) => `+2126${10_000_000 + index}`,
  local: (index) => `06${10_000_000 + index}`,
  spaced: (index) => `06${10_000_000 + index}`.replace(/(..)/g, '$1 '),
  rejected: (index) => `06${index}`,
}

for (const [name, form] of Object.entries(forms)) {
  const startedAtMs = performance.now()
  for (let index = 0; index < rows; index++) parsePhoneNumber(form(index), 'MA')
  const microsecondsPerCall = ((performance.now() - startedAtMs) * 1000) / rows
  process.stdout.write(`${name}: ${microsecondsPerCall.toFixed(1)} µs\n`)
}
