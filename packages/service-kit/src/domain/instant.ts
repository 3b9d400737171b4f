export { fromIso, toIso } from '@carillon/contracts/instant'
