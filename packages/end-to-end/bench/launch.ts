import { tenEvents } from '../src/flow-graphs.ts'
import { createProgram, importContacts, launch, openOrganization } from '../src/organization.ts'
import { generatedContacts } from './generated-contacts.ts'
import type { Installation } from './installation.ts'
import { measure, type Usage } from './process-usage.ts'

interface Timed {
  seconds: number
  usage: Usage[]
}
export interface LaunchFigures {
  contacts: number
  import: Timed
  launch: Timed
  cancel: Timed
}

const dayMs = 86_400_000

/** Imports an audience, launches a program that starts tomorrow, so that nobody is dialed, and cancels it. */
export async function benchLaunch(
  installation: Installation,
  { contacts }: { contacts: number },
  progress: (text: string) => void,
): Promise<LaunchFigures> {
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<Timed & { answer: T }> => {
    progress(`${what} of ${contacts}`)
    const measuring = measure(installation.processes)
    const startMs = performance.now()
    const answer = await work()
    return { answer, seconds: (performance.now() - startMs) / 1_000, usage: measuring.stop() }
  }

  const organization = await openOrganization(installation, 'Launch')
  const imported = await timed('import', () => importContacts(organization, 'Everybody', generatedContacts(contacts)))
  if (imported.answer.created !== contacts) throw new Error(`the import answered ${JSON.stringify(imported.answer)}`)
  const program = await createProgram(organization, imported.answer.audienceId ?? '', {
    name: 'Tomorrow',
    graph: tenEvents,
    startAt: new Date(Date.now() + dayMs).toISOString(),
    didNumbers: ['+212520000003'],
    retryStrategy: { type: 'none' },
  })
  const launched = await timed('launch', () => launch(organization, program))
  const execution = await organization.client.executions.get(launched.answer)
  if (execution.totalContacts !== contacts || execution.status !== 'scheduled') throw new Error(`launched as ${JSON.stringify(execution)}`)
  const cancelled = await timed('cancellation', () => organization.client.executions.cancel(launched.answer))
  return { contacts, import: imported, launch: launched, cancel: cancelled }
}
