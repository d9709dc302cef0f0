/** Each operation of the contract by its name, for `clientOf`. */
export * from './generated/rest/sdk.gen.js'
