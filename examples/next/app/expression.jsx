'use client';

import { createRecognizer } from 'mien-gpu';
import { useEffect, useRef, useState } from 'react';

/** Shows the expression of the face on a photo that the visitor chooses. */
export default function Expression() {
  const recognizer = useRef(null);
  const [text, setText] = useState('loading the models');

  // Effects run in the browser only; the server has no GPU.
  useEffect(() => {
    const opening = createRecognizer();
    opening.then(
      (opened) => {
        recognizer.current = opened;
        setText('choose a photo');
      },
      (error) => setText(error.message),
    );
    return () => {
      opening.then(
        (opened) => opened.destroy(),
        () => {},
      );
    };
  }, []);

  async function recognize({ target }) {
    const [face] = await recognizer.current.recognize(target.files[0]);
    setText(face ? `${face.label} ${Math.round(100 * face.scores[face.label])} %` : 'no face');
  }

  return (
    <>
      <input type="file" accept="image/*" onChange={recognize} />
      <output>{text}</output>
    </>
  );
}
