'use client'
import { createElement, useEffect, useRef } from 'react'

const EVENTS = { 'sign-in-required': 'onSignInRequired', booked: 'onBooked', moved: 'onMoved', cancelled: 'onCancelled' }

/** The element `<visit-scheduler>`; it is defined in the browser, after hydration. */
export function VisitScheduler({ getToken, onSignInRequired, onBooked, onMoved, onCancelled, property, images, children, ...others }) {
  const element = useRef(null)
  const given = useRef({})
  given.current = { getToken, onSignInRequired, onBooked, onMoved, onCancelled }
  const signedIn = Boolean(getToken)

  useEffect(() => {
    const scheduler = element.current
    const heard = Object.entries(EVENTS).map(([event, prop]) => {
      const hear = ({ detail }) => given.current[prop]?.(detail ?? undefined)
      scheduler.addEventListener(event, hear)
      return () => scheduler.removeEventListener(event, hear)
    })
    void import('./dist/visit-scheduler.js')
    return () => {
      for (const leave of heard) leave()
    }
  }, [])

  // A function of each render would begin anew each time: what is set asks the one of now.
  useEffect(() => {
    element.current.getToken = signedIn ? (asked) => given.current.getToken?.(asked) : undefined
  }, [signedIn])

  const attributes = { ...others, ref: element, property: [property].flat().join(' '), ...(images ? { images: '' } : {}) }
  return createElement('visit-scheduler', attributes, children)
}
