export { default as app } from '../../app/words/en'
export { default as me } from '../../me/words/en'
export { default as parts } from '../../parts/words/en'
