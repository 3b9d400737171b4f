import { initialCounts } from '../../src/domain/contact-counts.ts'
import type { ExecutionPlan, ExecutionState } from '../../src/domain/execution.ts'

/** A plan of a hundred contacts that starts at 9:00 UTC. Its only limit is ten concurrent calls. */
export function somePlan(change: Partial<ExecutionPlan> = {}): ExecutionPlan {
  return {
    id: '018f0000-0000-7000-9000-000000000001',
    organizationId: '018f0000-0000-7000-8000-00000000000a',
    programId: '018f0000-0000-7000-9000-000000000002',
    programName: 'Reminder',
    audienceId: '018f0000-0000-7000-9000-000000000003',
    flowId: '018f0000-0000-7000-9000-000000000004',
    flowVersion: 1,
    flowName: 'Greeting',
    nodes: [{ id: 'dial_1', type: 'dial' }],
    dids: [{ id: '018f0000-0000-7000-9000-000000000005', number: '+212522000000' }],
    retryStrategy: { type: 'none' },
    pauseWindows: null,
    callingHours: null,
    timezone: 'Africa/Casablanca',
    zones: [''],
    maxConcurrentCalls: 10,
    callsPerSecond: null,
    amd: null,
    isTest: false,
    lane: 7,
    scheduledStartAtMs: Date.parse('2026-03-02T09:00:00Z'),
    scheduledStopAtMs: null,
    totalContacts: 100,
    triggerCondition: null,
    createdAtMs: Date.parse('2026-03-02T08:00:00Z'),
    ...change,
  }
}

export function someState(change: Partial<ExecutionState> = {}): ExecutionState {
  return {
    status: 'running',
    revision: 4,
    counts: initialCounts(100),
    position: 0,
    didCursor: 0,
    actualStartAtMs: Date.parse('2026-03-02T09:00:00Z'),
    actualEndAtMs: null,
    nodeCounters: [],
    pausedBy: null,
    settled: false,
    ...change,
  }
}
