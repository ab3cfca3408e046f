// Opens signed notes with golang.org/x/mod/sumdb/note, as the judge of another language.
//
// Standard input: {"vkeys": [verifier key, ...], "notes": [base64 of a note, ...]}.
// Standard output: an array with one object per note, see verdict.
// Keys of type 01 are the library's own; those of type 04 are added below, as c2sp.org/tlog-cosignature has them.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type verdict struct {
	// "verified", "unverified", "invalid" (a known key's signature does not hold) or "malformed".
	Outcome string `json:"outcome"`
	// What the library tolerates, found by looking at the lines after the last empty line.
	Canonical bool `json:"canonical"` // each base64 field is what its bytes encode to
	Repeated  bool `json:"repeated"`  // two lines have one name and key ID
	Lines     int  `json:"lines"`
}

type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, field []byte) bool {
	if len(field) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(field)
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), text...)
	return ed25519.Verify(w.key, message, field[8:])
}

func verifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) == 3 {
		hash, err := strconv.ParseUint(parts[1], 16, 32)
		if err != nil {
			return nil, err
		}
		material, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil {
			return nil, err
		}
		if len(material) == 1+ed25519.PublicKeySize && material[0] == 4 {
			return &witness{parts[0], uint32(hash), material[1:]}, nil
		}
	}
	return note.NewVerifier(vkey)
}

func open(message []byte, known note.Verifiers) verdict {
	v := verdict{Canonical: true}
	var invalid *note.InvalidSignatureError
	var unverified *note.UnverifiedNoteError
	switch _, err := note.Open(message, known); {
	case err == nil:
		v.Outcome = "verified"
	case errors.As(err, &invalid):
		v.Outcome = "invalid"
	case errors.As(err, &unverified):
		v.Outcome = "unverified"
	default:
		v.Outcome = "malformed"
	}
	seen := map[string]bool{}
	lines := message[bytes.LastIndex(message, []byte("\n\n"))+1:]
	for _, line := range strings.Split(strings.Trim(string(lines), "\n"), "\n") {
		v.Lines++
		fields := strings.Split(line, " ")
		if len(fields) != 3 {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(fields[2])
		if err != nil || len(raw) < 4 {
			continue
		}
		if base64.StdEncoding.EncodeToString(raw) != fields[2] {
			v.Canonical = false
		}
		key := fields[1] + "+" + string(raw[:4])
		v.Repeated = v.Repeated || seen[key]
		seen[key] = true
	}
	return v
}

func main() {
	var input struct {
		Vkeys []string `json:"vkeys"`
		Notes [][]byte `json:"notes"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		log.Fatal(err)
	}
	var keys []note.Verifier
	for _, vkey := range input.Vkeys {
		key, err := verifier(vkey)
		if err != nil {
			log.Fatalf("%s: %v", vkey, err)
		}
		keys = append(keys, key)
	}
	var verdicts []verdict
	for _, message := range input.Notes {
		verdicts = append(verdicts, open(message, note.VerifierList(keys...)))
	}
	if err := json.NewEncoder(os.Stdout).Encode(verdicts); err != nil {
		log.Fatal(err)
	}
}
