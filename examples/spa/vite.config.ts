import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

/** Where the collector is: that of `npm start`, unless RASTRO_COLLECTOR names another. */
const collector = process.env['RASTRO_COLLECTOR'] ?? 'http://127.0.0.1:8080';

const config: UserConfig = defineConfig({
  base: '/spa/',
  plugins: [react()],
  build: { outDir: 'dist/site' },
  server: { host: '127.0.0.1', proxy: { '^/(e$|live|dev/)': { target: collector } } },
});
export default config;
