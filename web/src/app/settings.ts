/** What the server says about itself in the page. */
export interface Settings {
  sign_in: 'people' | 'supabase' | 'none'
  supabase_url?: string | null
  supabase_key?: string | null
}

export function settingsOf(page: Document): Settings {
  const text = page.getElementById('settings')?.textContent ?? ''
  try {
    return JSON.parse(text) as Settings
  } catch {
    return { sign_in: import.meta.env.DEV ? 'people' : 'none' }
  }
}
