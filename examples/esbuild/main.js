import { createRecognizer } from 'mien-gpu';

const input = document.querySelector('input');
const output = document.querySelector('output');

async function main() {
  output.textContent = 'loading the models';
  const recognizer = await createRecognizer();
  output.textContent = 'choose a photo';
  input.onchange = async () => {
    const [face] = await recognizer.recognize(input.files[0]); // the surest face comes first
    output.textContent = face ? `${face.label} ${Math.round(100 * face.scores[face.label])} %` : 'no face';
  };
}

main().catch((error) => {
  output.textContent = error.message;
});
