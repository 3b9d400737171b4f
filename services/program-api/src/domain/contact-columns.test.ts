import { describe, expect, test } from 'vitest'
import { recognizeColumns } from './contact-columns.ts'

const recognize = (headers: string[], known: { slug: string; displayName: string }[] = []) => recognizeColumns(headers, known)

describe('the phone column', () => {
  test.each([
    [['Phone']],
    [['telephone']],
    [['Téléphone']],
    [['TÉLÉPHONE  PORTABLE']],
    [['N° de téléphone']],
    [['Tél.']],
    [['GSM']],
    [['msisdn']],
    [['Mobile']],
    [['numéro']],
    [['Number']],
    [['Teléfono']],
    [['Handynummer']],
    [['رقم الهاتف']],
    [['Customer phone (main)']],
    [['phone_1']],
  ])('is recognized in %j', (headers) => {
    expect(recognize(['x', ...headers])).toMatchObject({ phone: 1 })
  })

  test.each([[['name', 'city']], [['phone type']], [['Date mobile']], [['numéro client']], [['']], [[]]])(
    'is not there in %j',
    (headers) => {
      expect(recognize(headers)).toBeNull()
    },
  )

  test('is the one with the clearest header', () => {
    expect(recognize(['number', 'main phone', 'mobile', 'phone'])).toMatchObject({ phone: 2 })
    expect(recognize(['number', 'main phone'])).toMatchObject({ phone: 1 })
  })
})

describe('the names', () => {
  test.each<[string[], object]>([
    [['phone', 'Prénom', 'Nom'], { firstName: 1, lastName: 2, fullName: null }],
    [['phone', 'first_name', 'LAST NAME'], { firstName: 1, lastName: 2, fullName: null }],
    [['phone', 'First Name', 'Name'], { firstName: 1, lastName: null, fullName: { index: 2, lastNameFirst: false } }],
    [['phone', 'nombre', 'apellidos'], { firstName: 1, lastName: 2, fullName: null }],
    [['phone', 'name'], { firstName: null, lastName: null, fullName: { index: 1, lastNameFirst: false } }],
    [['phone', 'Nom complet'], { firstName: null, lastName: null, fullName: { index: 1, lastNameFirst: false } }],
    [['phone', 'Nom et prénom'], { firstName: null, lastName: null, fullName: { index: 1, lastNameFirst: true } }],
    [['phone', 'Nom'], { firstName: null, lastName: 1, fullName: null }],
  ])('of %j', (headers, expected) => {
    expect(recognize(headers)).toMatchObject({ ...expected, attributes: [] })
  })
})

describe('every other column is a custom attribute', () => {
  const slugs = (headers: string[], known: { slug: string; displayName: string }[] = []) =>
    recognize(['phone', ...headers], known)?.attributes.map(({ index, slug }) => [index, slug])

  test('named after its header', () => {
    expect(slugs(["Date d'échéance", 'Crédit (DH)', 'مدينة', '€'])).toEqual([
      [1, 'date_d_echeance'],
      [2, 'credit_dh'],
      [3, 'مدينة'],
      [4, 'attribute'],
    ])
  })

  test('also if two have the same header, or hold a second phone number', () => {
    expect(slugs(['City', 'city', 'CITY ', 'phone'])).toEqual([
      [1, 'city'],
      [2, 'city_2'],
      [3, 'city_3'],
      [4, 'phone'],
    ])
  })

  test('an existing one if its slug or display name matches', () => {
    const known = [
      { slug: 'due', displayName: 'Date d’échéance' },
      { slug: 'credit-limit', displayName: 'Limit' },
    ]
    expect(slugs(["DATE D'ECHEANCE", 'Credit Limit'], known)).toEqual([
      [1, 'due'],
      [2, 'credit-limit'],
    ])
  })

  test('except a column without a header', () => {
    expect(slugs(['', 'City', ' '])).toEqual([[2, 'city']])
  })
})
