// What Go's sumdb does for one record of a log: open the signed note, check the record against it.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Standard input: one field a line, all but the numbers in base64: verifier key, signed note, record, index, tree size,
// root, then the hashes of the proof.
func main() {
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(nil, 1<<20)
	var fields []string
	for scanner.Scan() {
		fields = append(fields, scanner.Text())
	}
	key, err := note.NewVerifier(string(decode(fields[0])))
	check(err)
	signed, record := decode(fields[1]), decode(fields[2])
	index, err := strconv.ParseInt(fields[3], 10, 64)
	check(err)
	size, err := strconv.ParseInt(fields[4], 10, 64)
	check(err)
	root := hash(fields[5])
	var proof tlog.RecordProof
	for _, field := range fields[6:] {
		proof = append(proof, hash(field))
	}
	const times = 2000
	start := time.Now()
	for i := 0; i < times; i++ {
		opened, err := note.Open(signed, note.VerifierList(key))
		check(err)
		if !strings.Contains(opened.Text, fields[4]) {
			panic("another tree")
		}
		check(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(record)))
	}
	fmt.Printf("%.1f\n", float64(time.Since(start).Nanoseconds())/times/1000)
}

func decode(text string) []byte {
	bytes, err := base64.StdEncoding.DecodeString(text)
	check(err)
	return bytes
}

func hash(text string) (h tlog.Hash) {
	copy(h[:], decode(text))
	return
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
