import { weekdays } from '@carillon/contracts/program'
import { compilePauseWindows } from '../src/pause-windows.ts'

/** Prints what pause windows cost: the first question resolves seven weeks, the others are asked in every pacing round. */
const questions = 1_000_000
const items = [
  { startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } },
  { startAt: { hour: 20, minute: 0 }, endAt: { hour: 8, minute: 0 } },
]
const compiled = compilePauseWindows(Object.fromEntries(weekdays.map((weekday) => [weekday, items])), 'Europe/Paris')
const nowMs = Date.UTC(2026, 2, 20)

const firstAtMs = performance.now()
compiled.windowAt(nowMs)
const askedAtMs = performance.now()
for (let index = 0; index < questions; index++) compiled.windowAt(nowMs + index * 1_000)
const endedAtMs = performance.now()

process.stdout.write(`first question: ${(askedAtMs - firstAtMs).toFixed(1)} ms\n`)
process.stdout.write(`following ones: ${(((endedAtMs - askedAtMs) * 1e6) / questions).toFixed(0)} ns\n`)
