// Opens a cosigned checkpoint as a client of a C2SP witness would: golang.org/x/mod/sumdb/note, with a verifier for
// timestamped Ed25519 cosignatures (type 04) written from the text of C2SP tlog-cosignature.
//
// Arguments: a file with the note; the log's verifier key; the witness's verifier key. Prints "OK NAME TIME" for the
// witness if both signatures verify; anything wrong ends the program with a message.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
	time uint64
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }

func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

func parse(vkey string) *cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		log.Fatal("vkey has not three parts")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if len(key) != 33 || key[0] != 4 {
		log.Fatal("vkey is of another type")
	}
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(hash[:])
	if fmt.Sprintf("%08x", id) != parts[1] {
		log.Fatal("vkey has another ID than it says")
	}
	return &cosigner{name: parts[0], id: id, key: ed25519.PublicKey(key[1:])}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	logKey, err := note.NewVerifier(os.Args[2])
	check(err)
	witness := parse(os.Args[3])
	opened, err := note.Open(text, note.VerifierList(logKey, witness))
	check(err)
	if len(opened.Sigs) != 2 {
		log.Fatalf("%d of two signatures verify", len(opened.Sigs))
	}
	fmt.Printf("OK %s %d\n", witness.name, witness.time)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
