import { settingsOf } from './app/settings'
import { screens } from './console/screens'
import { screens as mine, screenOf } from './me/screens'
import './words/common'

/**
 * Begins the page. All that its address wants is asked for at once: a slow network is waited for once, and not for each of
 * them in turn.
 */
const ways = {
  people: () => import('./app/sign-in/people-sign-in'),
  supabase: () => import('./app/sign-in/supabase-sign-in'),
  none: () => {},
}

void import('./app/booking-app')
void ways[settingsOf(document).sign_in]()
if (/^\/app\/me(\/|$)/.test(location.pathname)) {
  const screen = screenOf(location.pathname)
  void import('./me/my-page')
  if (screen) void mine[screen]()
} else {
  const [, , name] = location.pathname.split('/')
  void import('./console/agency-console')
  void (name ? screens.find((one) => one.name === name) : screens[0])?.load()
}
