import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // The package is linked from this repository, which has a Vue of its own: there must be one only.
  resolve: { dedupe: ['vue'] },
});
