import type { ProgramResponse } from '@carillon/contracts/program'
import type { Answered, questions } from '@carillon/contracts/questions'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { testOrganizationId } from '@carillon/testing/test-service'

/** What program-api knows of a program. */
export interface KnownProgram {
  program: ProgramResponse
  dids: { id: string; number: string }[]
  contacts: SnapshotContact[]
}

export type LaunchSnapshot = Answered<typeof questions.launchSnapshot>

let made = 0

/** A UUID that is unique in this process. */
export function someId(): string {
  return `018f0000-0000-7000-9000-${(++made).toString(16).padStart(12, '0')}`
}

/** A program with this number of contacts. It has started, calls each contact once and has no stop. */
export function someProgram(contactCount: number, settings: Partial<ProgramResponse> = {}, didCount = 1): KnownProgram {
  const dids = Array.from({ length: didCount }, (_, index) => ({ id: someId(), number: `+2125220000${String(index).padStart(2, '0')}` }))
  const program: ProgramResponse = {
    id: someId(),
    name: 'Reminder',
    mode: 'batch',
    organizationId: testOrganizationId,
    audienceId: someId(),
    flowId: someId(),
    status: 'draft',
    triggerCondition: null,
    startAt: '2020-01-01T00:00:00.000Z',
    stopAt: null,
    didPool: dids.map((did) => ({ ...did, country: 'MA' })),
    retryStrategy: { type: 'none' },
    pauseWindows: null,
    autoPauseRules: null,
    timezone: null,
    callingHours: null,
    pacing: null,
    amd: null,
    createdAt: '2020-01-01T00:00:00.000Z',
    updatedAt: '2020-01-01T00:00:00.000Z',
    ...settings,
  }
  const contacts = Array.from({ length: contactCount }, (_, index) => ({
    id: someId(),
    phone: `+2126000${String(index).padStart(5, '0')}`,
    firstName: 'Amina',
    lastName: index % 2 === 0 ? 'Benali' : null,
    attributes: { city: 'Rabat\t\\', rank: index, vip: index % 3 === 0 },
  }))
  return { program, dids, contacts }
}

export function snapshotOf({ program, dids }: KnownProgram): LaunchSnapshot {
  return {
    program,
    dids,
    flow: {
      id: program.flowId,
      version: 3,
      name: 'Greeting',
      graph: {
        nodes: [
          { id: 'dial_1', type: 'dial', label: 'Call', config: { timeoutMs: 30_000 } },
          { id: 'hangup_1', type: 'hangup', config: {} },
        ],
        edges: [{ source: 'dial_1', output: 'onAnswer', target: 'hangup_1' }],
      },
    },
  }
}
