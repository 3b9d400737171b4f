import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectConsistent, openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { type KnownProgram, someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let address: string
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  await orchestrator.carrier(() => 'completed')
  address = await orchestrator.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => orchestrator.close())

const launch = ({ program }: KnownProgram) =>
  orchestrator.request({
    method: 'POST',
    url: `/programs/${program.id}/launch`,
    as: { organizationId: program.organizationId },
  })
const stagings = () =>
  orchestrator.service.database.sql<{ program_id: string; abandoned: boolean }[]>`select program_id, abandoned from stagings`
const underWay = (count: number) =>
  eventually(async () => expect((await stagings()).filter((staging) => !staging.abandoned)).toHaveLength(count))
/** Nothing is left of launches that failed. */
const swept = () =>
  eventually(
    async () => {
      expect(await stagings()).toEqual([])
      const { database } = orchestrator.service
      expect(await database.sql`select 1 from execution_contacts where execution_id not in (select id from executions) limit 1`).toEqual([])
    },
    { timeoutMs: 15_000 },
  )
const executionsOf = async ({ program }: KnownProgram) =>
  (await orchestrator.request({ url: `/programs/${program.id}/executions`, as: { organizationId: program.organizationId } })).body

test('audiences that arrive slowly hold no connection: others are launched and called meanwhile, and one more launch is refused', async () => {
  const known = Array.from({ length: 5 }, () => orchestrator.api.add(someProgram(3)))
  const release = orchestrator.api.holdAudiences()
  const slow = known.slice(0, 4).map(launch)
  await underWay(4)
  const fifth = await launch(known[4] as KnownProgram)
  expect(fifth).toMatchObject({ status: 429, body: { error: 'TooManyRequestsError' } })
  release()
  const again = orchestrator.api.holdAudiences()
  again()
  for (const answer of await Promise.all(slow)) expect(answer.status).toBe(201)

  const held = orchestrator.api.holdAudiences()
  const waiting = Array.from({ length: 4 }, () => launch(orchestrator.api.add(someProgram(3))))
  await underWay(4)
  const running = known[0] as KnownProgram
  const before = await executionsOf(running)
  expect(before).toMatchObject([{ totalContacts: 3 }])
  const [{ id } = { id: '' }] = before as { id: string }[]
  await orchestrator.until(id, 'completed')
  await orchestrator.service.deps.database.transaction(async (tx) => tx.sql`select 1`)
  held()
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(201)
  await expectConsistent(orchestrator.service, id)
})

test('a launch whose client goes away stops to copy, and leaves nothing behind', async () => {
  const known = orchestrator.api.add(someProgram(3))
  const release = orchestrator.api.holdAudiences()
  const client = new AbortController()
  const headers = await orchestrator.service.as('admin')
  const launching = fetch(`${address}/programs/${known.program.id}/launch`, { method: 'POST', headers, signal: client.signal })
  await underWay(1)
  client.abort()
  await expect(launching).rejects.toThrow()
  await underWay(0)
  release()
  await swept()
  expect(await executionsOf(known)).toEqual([])
})

test('a staging that was given up never becomes an execution', async () => {
  const known = orchestrator.api.add(someProgram(3))
  const release = orchestrator.api.holdAudiences()
  const launching = launch(known)
  await underWay(1)
  await orchestrator.service.database.sql`update stagings set abandoned = true`
  release()
  expect(await launching).toMatchObject({ status: 503, body: { error: 'ServiceUnavailableError' } })
  expect(await executionsOf(known)).toEqual([])
  await swept()
})

test('what a process left that died in a launch is swept, and the program can be launched', async () => {
  const known = orchestrator.api.add(someProgram(3))
  const { database } = orchestrator.service
  const executionId = someId()
  await database.sql`
    insert into execution_contacts (execution_id, contact_id, phone, attributes, due_at) values (${executionId}, ${someId()}, '+212600000000', '{}', now())`
  await database.sql`
    insert into stagings (execution_id, organization_id, program_id, is_test, contacts, alive_at)
    values (${executionId}, ${known.program.organizationId}, ${known.program.id}, false, 1, now() - interval '2 minutes')`
  expect(await launch(known)).toMatchObject({ status: 201 })
  await swept()
})

test('a program that was changed while its contacts were copied is not launched', async () => {
  const known = orchestrator.api.add(someProgram(3))
  const release = orchestrator.api.holdAudiences()
  const launching = launch(known)
  await underWay(1)
  orchestrator.api.add({ ...known, program: { ...known.program, name: 'Changed', organizationId: known.program.organizationId } })
  release()
  expect(await launching).toMatchObject({ status: 409, body: { error: 'ProgramStatusConflictError' } })
  expect(await executionsOf(known)).toEqual([])
})

test('one organization’s launches take no place from another’s', async () => {
  const release = orchestrator.api.holdAudiences()
  const slow = Array.from({ length: 4 }, () => launch(orchestrator.api.add(someProgram(1))))
  await underWay(4)
  const other = launch(orchestrator.api.add(someProgram(1, { organizationId: otherOrganizationId })))
  await underWay(5)
  release()
  for (const answer of await Promise.all([...slow, other])) expect(answer.status).toBe(201)
})
