// Runs in a project that has nothing but the packed package: `node use.mjs <address of the API>`.
import { createClient } from '@carillon/client'
import { isApiError } from '@carillon/client/api-error'
import * as contract from '@carillon/client/contract'

const [baseUrl] = process.argv.slice(2)
const client = createClient({ baseUrl, apiKey: 'ck_test' })

const names = []
for await (const { name } of client.audiences.list.items()) names.push(name)
const { executionId } = await client.programs.launch('p1')
const refusal = await client.programs.get('unknown').catch((error) => error)
const result = {
  names,
  executionId,
  isNotFound: isApiError(refusal, 'ProgramNotFoundError'),
  typesOnly: Object.keys(contract),
}
process.stdout.write(JSON.stringify(result))
