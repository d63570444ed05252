import { defineConfig } from 'vite';

export default defineConfig({
  // The package is linked from this repository, which has a React of its own: there must be one only.
  resolve: { dedupe: ['react', 'react-dom'] },
});
