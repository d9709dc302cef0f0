export { default as app } from '../../app/words/es'
export { default as me } from '../../me/words/es'
export { default as parts } from '../../parts/words/es'
