/** A customer's dashboard inside a React product, with the product's own theme, range and filters. */
import { InsulaDashboard } from '@insula/embed/react';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

const WEEK = { last: '7d' };

function App() {
  const [src, setSrc] = useState(null);
  const [theme, setTheme] = useState('auto');
  const [range, setRange] = useState(null);
  const [said, setSaid] = useState('Loading');

  useEffect(() => {
    fetch('/dashboard.json')
      .then((response) => response.json())
      .then((dashboard) => setSrc(dashboard.src));
  }, []);

  return (
    <main style={{ maxWidth: 1080, margin: '0 auto', padding: '24px 16px', font: '16px/1.5 system-ui, sans-serif' }}>
      <h1>Orbit</h1>
      <p>
        <button onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>Theme: {theme}</button>{' '}
        <button onClick={() => setRange(range ? null : WEEK)}>{range ? 'All of it' : 'Last week'}</button>{' '}
        <span role="status">{said}</span>
      </p>
      {src && (
        <InsulaDashboard
          src={src}
          tokenUrl="/insula-token"
          theme={theme}
          range={range}
          onLoaded={() => setSaid('Here it is')}
          onError={(error) => setSaid(error.title)}
        />
      )}
    </main>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
