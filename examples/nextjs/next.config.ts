import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  // The example stands in another project's repository: its root is this folder.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
}

export default config
