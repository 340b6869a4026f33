import Expression from './expression';

export default function Page() {
  return <Expression />;
}
