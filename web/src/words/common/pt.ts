export { default as app } from '../../app/words/pt'
export { default as me } from '../../me/words/pt'
export { default as parts } from '../../parts/words/pt'
