import type { Database } from '../postgres/database.ts'
import { findDeadLetter, listDeadLetters, requestReplay, type StoredLetter } from './dead-letters.ts'

const usage = `dead-letters list [<after id>]     the oldest hundred after an id
dead-letters show <id>             one, with its message and its error
dead-letters replay <id>… | all    try them again; the running service does it within seconds
`
const pageSize = 100

type Print = (text: string) => void

/** The command `main.ts dead-letters …` of every service. Returns the exit code. It needs the database alone. */
export async function deadLetterCommand(database: Database, [action, ...rest]: readonly string[], print: Print): Promise<number> {
  const ids = rest.map(Number)
  const areIds = ids.every((id) => Number.isSafeInteger(id) && id >= 0)
  if (action === 'list' && areIds && ids.length <= 1) return list(database, ids[0] ?? 0, print)
  if (action === 'show' && areIds && ids.length === 1) return show(database, ids[0] ?? 0, print)
  const wanted = rest.length === 1 && rest[0] === 'all' ? 'all' : ids
  if (action === 'replay' && rest.length > 0 && (wanted === 'all' || areIds)) {
    print(`${await requestReplay(database, wanted)} to be tried again; "list" shows those that fail again\n`)
    return 0
  }
  print(usage)
  return 64 // EX_USAGE of sysexits.h
}

async function list(database: Database, afterId: number, print: Print): Promise<number> {
  const letters = await listDeadLetters(database, afterId, pageSize)
  for (const letter of letters) print(`${[...summary(letter), letter.error.split('\n')[0]].join('  ')}\n`)
  if (letters.length === pageSize) print(`more: dead-letters list ${letters.at(-1)?.id}\n`)
  return 0
}

async function show(database: Database, id: number, print: Print): Promise<number> {
  const letter = await findDeadLetter(database, id)
  if (!letter) {
    print(`there is no dead letter ${id}\n`)
    return 1
  }
  print(`${summary(letter).join('  ')}\n\n${letter.error}\n\n${letter.message}\n`)
  return 0
}

function summary({ id, createdAt, projection, lane, sequence, position, subject, replayRequestedAt }: StoredLetter): string[] {
  const place = `lane ${lane}  ${sequence}/${position}`
  return [String(id), createdAt.toISOString(), projection, place, subject, ...(replayRequestedAt ? ['(being tried again)'] : [])]
}
