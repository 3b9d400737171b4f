import { type StreamName, streamNames, streams } from '@carillon/contracts/streams'
import type { Database } from '../postgres/database.ts'
import type { Logger } from '../process/logger.ts'
import { deleteDeadLetter, lettersToReplay } from './dead-letters.ts'

/**
 * Puts dead letters that somebody wants to be tried again back into the outbox, from where they go to their stream: what was never published, and orders
 * of a work queue. Each has a new message id, so that the server does not take it for one that it has seen.
 */
export async function republishLetters(database: Database, projection: string, logger: Logger): Promise<void> {
  for (const { id, subject, message } of await lettersToReplay(database, projection)) {
    await database.transaction(async (tx) => {
      if (!(await deleteDeadLetter(tx, id))) return
      const line = `${subject}\t${projection}:${id}\t${message.replaceAll(/[\n\t]/g, ' ')}`
      await tx.sql`insert into outbox (stream, messages, message_count) values (${streamOf(subject)}, ${line}, 1)`
      tx.afterCommit(() => logger.info({ letter: id, projection, subject }, 'dead letter given to the outbox'))
    })
  }
}

function streamOf(subject: string): StreamName {
  const prefix = subject.split('.')[0]
  const name = streamNames.find((stream) => streams[stream].prefix === prefix)
  if (!name) throw new Error(`no stream takes the subject ${subject}`)
  return name
}
