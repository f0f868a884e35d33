package sjcgrpc

import (
	"encoding/binary"
	"fmt"
	"math"

	tensorv1 "sjcgrpc/gen/sjc/tensor/v1"
)

// Array is dense and row-major: the last axis is contiguous.
type Array struct {
	Data  []float32
	Shape []int
}

// NewArray makes an array of zeros.
func NewArray(shape ...int) Array {
	return Array{make([]float32, count(shape)), shape}
}

func count(shape []int) int {
	product := 1
	for _, extent := range shape {
		product *= extent
	}
	return product
}

func encode(a Array, name string) (*tensorv1.Tensor, error) {
	if len(a.Shape) == 0 || len(a.Data) == 0 || count(a.Shape) != len(a.Data) {
		return nil, fmt.Errorf("%s must hold as many elements as its shape %v, at least one, but is %d long", name, a.Shape, len(a.Data))
	}
	t := &tensorv1.Tensor{DataType: tensorv1.DataType_DATA_TYPE_F32, Data: make([]byte, 4*len(a.Data))}
	for _, extent := range a.Shape {
		t.Shape = append(t.Shape, uint32(extent))
	}
	for i, v := range a.Data {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("%s must be finite, but is %v at element %d", name, v, i)
		}
		binary.LittleEndian.PutUint32(t.Data[4*i:], math.Float32bits(v))
	}
	return t, nil
}

func decode(t *tensorv1.Tensor) (Array, error) {
	size := map[tensorv1.DataType]int{tensorv1.DataType_DATA_TYPE_F32: 4, tensorv1.DataType_DATA_TYPE_F16: 2}[t.GetDataType()]
	a := Array{Shape: make([]int, len(t.GetShape()))}
	for i, extent := range t.GetShape() {
		a.Shape[i] = int(extent)
	}
	n := count(a.Shape)
	if size == 0 || len(t.GetData()) != size*n {
		return Array{}, fmt.Errorf("tensor must be F32 or F16 and hold %d elements, but is %v and %d bytes long", n, t.GetDataType(), len(t.GetData()))
	}
	a.Data = make([]float32, n)
	for i := range a.Data {
		if size == 4 {
			a.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		} else {
			a.Data[i] = widen(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
	}
	return a, nil
}

func widen(half uint16) float32 {
	sign, exponent, fraction := float32(1), int(half>>10)&0x1f, float64(half&0x3ff)
	if half&0x8000 != 0 {
		sign = float32(math.Copysign(1, -1))
	}
	if exponent == 0 {
		return sign * float32(math.Ldexp(fraction, -24))
	}
	return sign * float32(math.Ldexp(1024+fraction, exponent-25))
}
